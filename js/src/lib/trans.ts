/** What we need of JupyterLab's translations: `trans.__('%1 runs', 3)`. */

export interface Trans {
  __(text: string, ...values: (string | number)[]): string;
  /** One or several, chosen by the number; `%1` stands for it. */
  _n(one: string, several: string, count: number, ...values: (string | number)[]): string;
}
