/** @typedef {string | number | Node | null | undefined | false} Child */

/**
 * Makes an element. Text always goes in as text: nothing of a report is ever read as markup.
 * Attributes called `onclick` and the like are listeners.
 *
 * @template {keyof HTMLElementTagNameMap} T
 * @param {T} tag
 * @param {Record<string, string | boolean | EventListener | undefined>} [attributes]
 * @param {...(Child | Child[])} children
 * @returns {HTMLElementTagNameMap[T]}
 */
export const h = (tag, attributes = {}, ...children) => {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (value === undefined || value === false) continue;
    if (typeof value === 'function') element.addEventListener(name.slice(2), value);
    else element.setAttribute(name, value === true ? '' : value);
  }
  for (const child of children.flat()) {
    if (child === null || child === undefined || child === false) continue;
    element.append(child instanceof Node ? child : String(child));
  }
  return element;
};

/**
 * @param {string} id
 * @returns {HTMLElement}
 */
export const byId = (id) => {
  const element = document.getElementById(id);
  if (element === null) throw new Error(`the page has no element ${id}`);
  return element;
};

/**
 * A `details` whose body is made when it is first opened: a page of thousands stays light.
 *
 * @param {{ summary: Child[], open?: boolean, class?: string, id?: string }} head
 * @param {() => (Child | Child[])[]} body
 */
export const lazyDetails = (head, body) => {
  const details = h(
    'details',
    { class: head.class, id: head.id },
    h('summary', {}, ...head.summary),
  );
  let made = false;
  const make = () => {
    if (made) return;
    made = true;
    details.append(h('div', { class: 'body' }, ...body()));
  };
  details.addEventListener('toggle', () => {
    if (details.open) make();
  });
  if (head.open === true) {
    make();
    details.open = true;
  }
  return { details, make };
};

/**
 * A command with a button that copies it.
 *
 * @param {string} label
 * @param {string} command
 */
export const commandBox = (label, command) => {
  const code = h('code', {}, command);
  const button = h('button', { type: 'button', class: 'copy' }, 'Copy');
  button.setAttribute('aria-label', `Copy the command: ${label}`);
  button.addEventListener('click', () => {
    const selectIt = () => {
      // Where copying is not allowed, the reader gets a selection to copy.
      const range = document.createRange();
      range.selectNodeContents(code);
      getSelection()?.removeAllRanges();
      getSelection()?.addRange(range);
      button.textContent = 'Selected';
    };
    if (navigator.clipboard === undefined) {
      selectIt();
      return;
    }
    navigator.clipboard
      .writeText(command)
      .then(() => {
        button.textContent = 'Copied';
      })
      .catch(selectIt);
  });
  return h('div', { class: 'command' }, h('span', { class: 'label' }, label), code, button);
};
