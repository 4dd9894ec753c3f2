/** Copying a text; a page that is not served from this machine or over https may not. */

/** Tells whether it could be copied. */
export async function copied(text: string): Promise<boolean> {
  try {
    await navigator.clipboard.writeText(text);
    return true;
  } catch {
    return false;
  }
}
