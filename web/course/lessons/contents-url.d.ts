/** Made by web/build/lessons.ts. */
declare module "virtual:drydock-contents" {
  /** Where the course's contents are: an absolute address. */
  const url: string;
  export default url;
}
