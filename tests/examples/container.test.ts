/** Whole cells of a service in a container that has no address but its vendor's own. */
import { join } from 'node:path';
import { beforeAll, expect, it, onTestFinished } from 'vitest';
import { loadNodeImage, NODE_IMAGE } from '../support/docker.ts';
import { needs } from '../support/needs.ts';
import { editedCopy, judged, mustFindings, verdictsOf } from './judged.ts';

const VENDOR = 'https://rcsbusinessmessaging.googleapis.com';

needs('docker', 'low-ports')('a service in a container, reach: hosts', () => {
  beforeAll(loadNodeImage, 120_000);

  it('is judged as on this machine: a queue, a lost answer, signed callbacks', async () => {
    const description = 'implementation.yaml';
    const copy = editedCopy('callback-service', [
      { file: 'service.mjs', find: "'127.0.0.1'", replace: "'0.0.0.0'" },
      {
        file: 'service.mjs',
        find: "if (result.code === 200) {\n      progress(order, 'DELIVERED');",
        replace: "if (result.code === 200) {\n      progress(order, 'SENT');",
      },
      {
        file: description,
        find: 'start:\n  command: [node, service.mjs]\n',
        replace:
          `reach: hosts\nstart:\n  container:\n    image: ${NODE_IMAGE}\n` +
          "    command: [node, '${description.dir}/service.mjs']\n",
      },
      { file: description, find: '${gateway.rbm.url}', replace: VENDOR },
      {
        file: description,
        find: '${gateway.rbm.tokenUrl}',
        replace: 'https://oauth2.googleapis.com/token',
      },
    ]);
    onTestFinished(copy.remove);
    const { report } = await judged(
      ['scenarios/gate/ambiguous-send.yaml', 'scenarios/gate/offline-person.yaml'],
      join(copy.folder, description),
    );
    expect(mustFindings(report)).toEqual({});
    expect(verdictsOf(report)).toEqual([
      'ambiguous-send pass',
      'honesty-probe pass',
      'offline-person pass',
    ]);
  }, 180_000);
});
