/** Of a Google Drive, where nobody says otherwise. */
export const usualDriveFolder = "Deskhand backup";

type Env = Readonly<Record<string, string | undefined>>;

/** Where Google is asked. `DESKHAND_GOOGLE_URL`, in the environment of the runner, names a gateway that answers in its place. */
export function googleEndpoints(env: Env = process.env) {
  const gateway = gatewayOf(env.DESKHAND_GOOGLE_URL);
  return {
    api: gateway ?? "https://www.googleapis.com",
    authorize: `${gateway ?? "https://accounts.google.com"}/o/oauth2/v2/auth`,
    device: `${gateway ?? "https://oauth2.googleapis.com"}/device/code`,
    token: `${gateway ?? "https://oauth2.googleapis.com"}/token`,
  };
}

/** Where Dropbox is asked, or its gateway of `DESKHAND_DROPBOX_URL`. */
export function dropboxEndpoints(env: Env = process.env) {
  const gateway = gatewayOf(env.DESKHAND_DROPBOX_URL);
  return {
    api: gateway ?? "https://api.dropboxapi.com",
    content: gateway ?? "https://content.dropboxapi.com",
    authorize: `${gateway ?? "https://www.dropbox.com"}/oauth2/authorize`,
    token: `${gateway ?? "https://api.dropboxapi.com"}/oauth2/token`,
  };
}

function gatewayOf(address: string | undefined): string | undefined {
  return address && /^https?:$/.test(URL.parse(address)?.protocol ?? "") ? new URL(address).origin : undefined;
}
