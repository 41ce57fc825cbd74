/** The registry under test, as the clients are told of it. */
export interface Target {
  /** `127.0.0.1:5000` */
  readonly host: string;
  readonly url: string;
  /** What every repository's name begins with: `clients`. */
  readonly namespace: string;
  readonly credentials: { readonly name: string; readonly password: string } | undefined;
}
