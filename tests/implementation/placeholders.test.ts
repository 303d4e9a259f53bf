import { describe, expect, it } from 'vitest';
import { fillPlaceholders } from '../../harness/implementation/placeholders.ts';

const VALUES = { 'gateway.rbm.url': 'http://rbm.test', port: '80' };

describe('placeholders', () => {
  it('are filled, several in one text', () => {
    expect(fillPlaceholders('${gateway.rbm.url}:${port}', VALUES, 'start.env.A')).toBe(
      'http://rbm.test:80',
    );
  });

  it('of a component that this world leaves out are empty', () => {
    expect(fillPlaceholders('[${sms.url}${push.apns.url}]', VALUES, 'start.env.A')).toBe('[]');
  });

  it.each([
    ['${gateway.rmb.url}', 'gateway.rbm.url'],
    ['${gateway.rbm.ulr}', 'gateway.rbm.url'],
    ['${prot}', 'port'],
  ])('%s is an error that names the nearest one', (text, near) => {
    expect(() => fillPlaceholders(text, VALUES, 'start.env.A')).toThrow(
      expect.objectContaining({
        code: 'IMPLEMENTATION_PLACEHOLDER',
        hint: `Did you mean \${${near}}?`,
      }),
    );
  });

  it('do not reach what every object inherits', () => {
    expect(() => fillPlaceholders('${constructor}', VALUES, 'start.env.A')).toThrow(
      expect.objectContaining({ code: 'IMPLEMENTATION_PLACEHOLDER' }),
    );
  });
});
