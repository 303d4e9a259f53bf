/**
 * Runs inside a page: opens every `details`, level by level. Bodies are made by the toggle event,
 * which comes after the click's own task, so each frame asks again.
 *
 * @returns {Promise<void>}
 */
export const openEverything = () =>
  new Promise((done) => {
    const again = () => {
      const closed = [...document.querySelectorAll('details:not([open])')];
      for (const details of closed) details.querySelector('summary')?.click();
      if (closed.length > 0) requestAnimationFrame(again);
      else requestAnimationFrame(() => done());
    };
    again();
  });
