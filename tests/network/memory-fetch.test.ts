import * as fc from 'fast-check';
import { expect, it } from 'vitest';
import { wireRequest } from '../../simulators/network/memory-fetch.ts';

const PIECES = `/ . .. %2e %2E %2B a Z 9 - _ ~ : @ ! $ & ' ( ) * + , ; = ? # " < | ^ { é % \\`;
const pieces = fc.constantFrom(' ', ...PIECES.split(' '));
const texts = fc.array(pieces, { maxLength: 12 }).map((parts) => parts.join(''));
const HOSTS =
  'rbm.test implementation.test a-b.c localhost RBM.test 127.0.0.1 1.2 x.1 rbm.test:8080 ' +
  'rbm.test:80 0x7f.1 a_b.test ana@rbm.test xn--a.test é.test';
const hosts = fc.constantFrom(...HOSTS.split(' '));
const schemes = fc.constantFrom('http://', 'https://', 'HTTP://');

it('reads an address as the URL standard does, plain or not', () => {
  fc.assert(
    fc.property(schemes, hosts, texts, (scheme, host, rest) => {
      const target = `${scheme}${host}/${rest}`;
      if (!URL.canParse(target)) return;
      const url = new URL(target);
      const { host: name, request } = wireRequest(target, 'GET', {}, undefined);
      expect([name, request.headers['host'], request.path, request.query]).toEqual([
        url.hostname,
        url.host,
        url.pathname,
        url.search.slice(1),
      ]);
    }),
    { numRuns: 5_000 },
  );
});
