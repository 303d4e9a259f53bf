/** The bytes of the files that go with messages: the same for the same message. */
import type { AttachmentPlan } from '../../simulators/kernel/plan.ts';
import { createRandom } from '../../simulators/kernel/random.ts';

/** Names by media type; anything else is a plain file. */
const ENDINGS: Readonly<Record<string, string>> = {
  'application/pdf': 'pdf',
  'image/jpeg': 'jpg',
  'image/png': 'png',
  'text/plain': 'txt',
};
const THUMBNAIL_BYTES = 600;

function fileOf(first: string, text: string, bytes: number, label: string): string {
  const head = Buffer.from(`${first}\n${text}\n`);
  const fill = createRandom(label).bytes(Math.max(0, bytes - head.length));
  return Buffer.concat([head, fill]).toString('base64');
}

/** Both contents begin with the message's text, which has its canary; base64. */
export function attachmentOf(plan: AttachmentPlan, text: string, message: string) {
  const ending = ENDINGS[plan.type] ?? 'bin';
  const first = plan.type === 'application/pdf' ? '%PDF-1.7' : `file ${plan.type}`;
  return {
    name: `${message}.${ending}`,
    type: plan.type,
    content: fileOf(first, text, plan.bytes, `attachment/${message}`),
    ...(plan.thumbnail && {
      thumbnail: fileOf('thumbnail', text, THUMBNAIL_BYTES, `thumbnail/${message}`),
    }),
  };
}
