/** What we need of JupyterLab's translations: `trans.__('%1 runs', 3)`. */

export interface Trans {
  __(text: string, ...values: (string | number)[]): string;
  /** One or several, chosen by the number; `%1` stands for it. */
  _n(one: string, several: string, count: number, ...values: (string | number)[]): string;
}

/** English as it is written in the source. */
export const english: Trans = {
  __: (text, ...values) => text.replace(/%(\d)/g, (mark, at: string) => String(values[Number(at) - 1] ?? mark)),
  _n: (one, several, count, ...values) => english.__(count === 1 ? one : several, count, ...values),
};

let spoken = english;

/** For parts that a panel of ipywidgets shows too, where nobody translates. Of that name, since `trans.__` is what is extracted. */
export const trans: Trans = {
  __: (text, ...values) => spoken.__(text, ...values),
  _n: (one, several, count, ...values) => spoken._n(one, several, count, ...values),
};

/** Gives shared parts the words of the page, before any of them is made. */
export function speak(words: Trans): void {
  spoken = words;
}
