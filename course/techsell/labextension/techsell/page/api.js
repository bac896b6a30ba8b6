/* What the page asks the server; every failure is one sentence with a cure. */

export class Refused extends Error {}

export function makeApi(lab, settings) {
  const { ServerConnection } = lab.services;
  async function ask(path, body) {
    const url = lab.coreutils.URLExt.join(settings.baseUrl, 'techsell', path);
    const init = body === undefined ? { method: 'GET' } : { method: 'POST', body: JSON.stringify(body) };
    let response;
    try {
      response = await ServerConnection.makeRequest(url, init, settings);
    } catch (error) {
      if (error instanceof ServerConnection.NetworkError) {
        throw new Refused(
          "The course does not answer. Look at the terminal where 'techsell learn' runs; if it has ended, start it again " +
            'and open the address it prints.'
        );
      }
      throw error;
    }
    const text = await response.text();
    let data = null;
    try {
      data = JSON.parse(text);
    } catch {
      data = null;
    }
    if (response.ok && data !== null) {
      return data;
    }
    if (response.status === 403 || response.status === 401) {
      throw new Refused(
        "This page is not signed in any more. Open the address that 'techsell learn' printed in its terminal."
      );
    }
    throw new Refused(
      (data && data.message) || `The course answered with error ${response.status}. Reload the page; your work is saved.`
    );
  }

  return {
    home: () => ask('home'),
    autorun: (path, cells) => ask('autorun', { path, cells }),
    handIn: module => ask('hand-in', { module }),
    feedback: module => ask(`feedback/${module}`)
  };
}

/** The sentence of an error, whatever it was. */
export function sentence(error) {
  return error instanceof Refused ? error.message : `The page met a fault: ${error.message}. Reload it; your work is saved.`;
}
