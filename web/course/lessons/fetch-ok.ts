/** Fetching for the course: a file of the site, or a lesson of another one. */
import { DrydockError, messageOf } from "../../../contract/errors";

/**
 * @param subject what is fetched, for the failure's page
 * @param request begins the fetch
 * @param read reads the answer, if it is a good one; its DrydockErrors stay what they are
 * @throws DrydockError `network`
 */
export async function fetchOk<T>(
  subject: string,
  request: () => Promise<Response>,
  read: (response: Response) => Promise<T>,
): Promise<T> {
  try {
    const response = await request();
    if (!response.ok) throw new Error(`the server answered ${response.status}`);
    return await read(response);
  } catch (cause) {
    if (cause instanceof DrydockError) throw cause;
    throw new DrydockError("network", messageOf(cause), { subject, cause });
  }
}
