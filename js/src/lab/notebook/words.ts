/** Translating, as the pure files need it; JupyterLab's TranslationBundle fits. */
export interface Words {
  /** `%1`, `%2` … in the text stand for the values. */
  __(text: string, ...values: (string | number)[]): string;
  /** The same for one and for several; `%1` is the number. */
  _n(one: string, several: string, count: number, ...values: (string | number)[]): string;
}
