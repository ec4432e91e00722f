/** Something went wrong of which the words are known here: they are shown as they are. */
export class WordedError extends Error {
  readonly words: { title: string; whatToDo: string };

  constructor(words: { title: string; whatToDo: string }) {
    super(`${words.title} ${words.whatToDo}`);
    this.words = words;
  }
}
