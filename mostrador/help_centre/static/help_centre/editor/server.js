/* What every message to the server carries. */

/** The token of the present session: that of the page is another's once somebody has signed in again. */
export function tokenOf(form) {
  const cookie = /(?:^|; )csrftoken=([^;]+)/.exec(document.cookie);
  return cookie?.[1] ?? form.elements.csrfmiddlewaretoken.value;
}
