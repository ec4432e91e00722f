/** Languages and time of the person who makes a profile, which is most often what the profile is to have. */
export function ownDevice(): { languages: string[]; timeZone: string } {
  const languages = navigator.languages.flatMap((language) => {
    try {
      return Intl.getCanonicalLocales(language);
    } catch {
      return [];
    }
  });
  const timeZone = Intl.DateTimeFormat().resolvedOptions().timeZone;
  return { languages: languages.length > 0 ? [...new Set(languages)].slice(0, 10) : ["en-US"], timeZone };
}
