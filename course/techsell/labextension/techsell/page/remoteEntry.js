/* What JupyterLab asks of a federated extension, written by hand: a container with `init` and `get`.
 *
 * The folder is called `page`, not `static`: JupyterLab serves every folder named `static` as immutable for a year,
 * which is right for file names with a hash in them and wrong for ours, which keep their name when the course is
 * upgraded.
 *
 * `init` is handed the shared modules of JupyterLab itself, `get` the name of a part of ours. The parts are ordinary
 * ES modules, loaded from beside this file.
 */
(() => {
  const here = document.currentScript.src;
  let shared = null;

  /** The one that JupyterLab itself brings, where another extension brings a second version. */
  function provided(name) {
    const versions = Object.values((shared && shared[name]) || {});
    if (versions.length === 0) {
      throw new Error(`JupyterLab does not share ${name}; techsell needs JupyterLab 4.6`);
    }
    return versions.find(version => /application-top$/.test(version.from || '')) || versions[0];
  }

  /** A module of JupyterLab by name. */
  async function need(name) {
    const factory = await provided(name).get();
    return factory();
  }

  async function extension() {
    const { plugins } = await import(new URL('./plugins.js', here).href);
    const made = await plugins(need);
    return { __esModule: true, default: made };
  }

  async function style() {
    const sheets = ['home.css', 'feedback.css'].map(
      name =>
        new Promise((resolve, reject) => {
          const link = document.createElement('link');
          link.rel = 'stylesheet';
          link.href = new URL(`./${name}`, here).href;
          link.onload = resolve;
          link.onerror = () => reject(new Error(`${name} of the course did not load`));
          document.head.appendChild(link);
        })
    );
    await Promise.all(sheets);
    return {};
  }

  const parts = { './extension': extension, './style': style };

  window._JUPYTERLAB = window._JUPYTERLAB || {};
  window._JUPYTERLAB['techsell'] = {
    init(scope) {
      shared = scope;
    },
    async get(name) {
      if (!(name in parts)) {
        throw new Error(`techsell has no part ${name}`);
      }
      const part = await parts[name]();
      return () => part;
    }
  };
})();
