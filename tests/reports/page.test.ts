import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { chromium } from 'playwright';
import type { Browser, Page } from 'playwright';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { htmlChunks } from '../../reports/formats/html.ts';
import type { RunReport } from '../../reports/model.ts';
import { findNeed, needs } from '../support/needs.ts';
import { NO_COUNTS } from '../../simulators/kernel/finding.ts';
import { cell, latency, rule } from './cell-fixture.ts';
import { passingReport, report } from './fixture.ts';
import { longReport } from './long-report.ts';

/** Chromium would otherwise call its maker's hosts; those are not the page's doing. */
const quietly = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
];

/**
 * Runs a function of `in-page/` in the page. As text, since its types are a browser's, not Node's.
 * @returns What the function gives.
 */
const inPage = (page: Page, file: string): Promise<unknown> => {
  const text = readFileSync(new URL(`in-page/${file}.js`, import.meta.url), 'utf8');
  const body = text.slice(text.indexOf('= (') + 2).trimEnd();
  return page.evaluate(`(${body.replace(/;$/, '')})()`);
};

const openEverything = (page: Page): Promise<unknown> => inPage(page, 'open-everything');

needs('chromium')('the one-file report in a browser', () => {
  let browser: Browser;
  let folder = '';

  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'bellwether-page-'));
    const executablePath = findNeed('chromium') ?? '';
    browser = await chromium.launch({ executablePath, args: quietly });
  });
  afterAll(async () => {
    await browser.close();
    rmSync(folder, { recursive: true, force: true });
  });

  /** Opens a report and collects whatever goes wrong or leaves the file. */
  const open = async (
    run: RunReport,
    { width = 1280, scheme = 'light' as 'light' | 'dark', hash = '' } = {},
  ) => {
    const path = join(folder, 'report.html');
    writeFileSync(path, [...htmlChunks(run)].join(''));
    const page = await browser.newPage({ viewport: { width, height: 900 }, colorScheme: scheme });
    const complaints: string[] = [];
    const requests: string[] = [];
    page.on('console', (message) => complaints.push(message.text()));
    page.on('pageerror', (error) => complaints.push(error.message));
    page.on('request', (request) => requests.push(request.url()));
    await page.goto(`file://${path}${hash}`);
    await page.waitForSelector('html[data-ready]', { state: 'attached' });
    return { page, complaints, requests, url: `file://${path}` };
  };

  it('opens without a complaint and without any request beyond the file itself', async () => {
    for (const run of [report, passingReport, { ...passingReport, cells: [] }]) {
      const { page, complaints, requests, url } = await open(run);
      await openEverything(page);
      expect(complaints).toEqual([]);
      expect(requests).toEqual([url]);
      await page.close();
    }
  });

  it('says the verdict and why, and opens at the first cell that failed', async () => {
    const { page } = await open(report);
    expect(await page.textContent('h1 .word')).toBe('fail');
    expect(await page.textContent('.banner .why')).toBe(report.why);
    const first = page.locator('details.cell[open]').first();
    expect(await first.locator('.finding').count()).toBe(4);
    expect(await first.locator('.finding .rule code').first().textContent()).toBe(
      'e2ee/plaintext-exposed',
    );
    await page.close();
  });

  it('shows what a report says as text, never as markup', async () => {
    const { page } = await open(report);
    const first = page.locator('.finding .sentence').first();
    expect(await first.textContent()).toContain('<b>high-sensitivity</b>');
    expect(await first.locator('b').count()).toBe(0);
    await page.close();
  });

  it('filters by words and by verdicts', async () => {
    const { page } = await open(report);
    const status = page.locator('.filter [role=status]');
    await page.fill('#search', 'ios-26.3');
    expect(await status.textContent()).toBe('2 of 9 cells shown');
    await page.getByRole('button', { name: /fail/ }).first().click();
    expect(await status.textContent()).toBe('1 of 9 cells shown');
    await page.fill('#search', 'nothing is called so');
    expect(await page.textContent('#list')).toBe('No cell fits this filter.');
    await page.close();
  });

  it('says of a check of the world what was shown, and nothing of an implementation', async () => {
    const counts = {
      ...NO_COUNTS,
      messages: 8,
      displayed: 8,
      displayedOn: { imessage: 8 } as const,
      events: 120,
    };
    const unasked = { judged: 0, unjudged: 0, findings: [], level: 'must' } as const;
    const reason = 'world check: no implementation takes part';
    const check = cell(
      { scenario: 'people/between-iphones' },
      {
        worldCheck: true,
        counts,
        latency: [{ ...latency(900), of: 'to-ben on imessage', channel: 'imessage' }],
        rules: [
          rule('people/transport', 8),
          { ...unasked, rule: 'webhook/stale', reason },
          { ...unasked, rule: 'webhook/fragile', reason },
        ],
      },
    );
    const none = { name: 'none', version: '', role: 'none', start: 'none' };
    const implementation = {
      ...passingReport.implementation,
      ...none,
      claims: { ...passingReport.implementation.claims, channels: [], gateways: [], push: [] },
    };
    const { page } = await open({ ...passingReport, implementation, cells: [check] });
    await openEverything(page);
    await openEverything(page);
    expect(await page.textContent('h1')).toContain('no implementation took part');
    expect(await page.locator('.figures').allTextContents()).toEqual([
      expect.stringContaining('8/8 displayed'),
    ]);
    await page.getByText('Not judged (2)').first().waitFor({ state: 'attached' });
    const text = (await page.textContent('main')) ?? '';
    expect(text).not.toContain('none (none');
    expect(text).not.toContain('on imessage on imessage');
    expect(text).toContain(`Not judged (2), ${reason}: webhook/stale, webhook/fragile.`);
    await page.close();
  });

  it('opens a cell from the matrix, from a finding and from its address', async () => {
    const { page, url } = await open(report);
    await page.locator('.grid tbody tr').first().locator('button').first().click();
    expect(await page.locator('#cell-1[open]').count()).toBe(1);
    expect(page.url()).toBe(`${url}#cell-1`);
    await page.close();
    const other = await open(report, { hash: '#cell-8' });
    expect(await other.page.locator('#cell-8[open]').isVisible()).toBe(true);
    await other.page.getByRole('link', { name: /alerts-18/ }).click();
    expect(await other.page.locator('#cell-3[open]').isVisible()).toBe(true);
    await other.page.close();
  });

  it('can be used with the keyboard alone', async () => {
    const { page } = await open(passingReport);
    await page.locator('details.scenario > summary').first().focus();
    await page.keyboard.press('Enter');
    await page.waitForSelector('details.cell > summary');
    await page.keyboard.press('Tab');
    await page.keyboard.press('Enter');
    await page.waitForSelector('details.cell[open] .command');
    // A table that may scroll is a stop of its own.
    await page.keyboard.press('Tab');
    expect(await page.evaluate('document.activeElement.ariaLabel')).toMatch(/^Expectations/);
    await page.keyboard.press('Tab');
    expect(await page.evaluate('document.activeElement.textContent')).toBe('Latency');
    await page.close();
  });

  it('changes its theme on demand', async () => {
    const { page } = await open(passingReport, { scheme: 'dark' });
    const ground = () => page.evaluate('getComputedStyle(document.body).backgroundColor');
    const dark = await ground();
    await page.getByRole('button', { name: 'Light theme' }).click();
    expect(await ground()).not.toBe(dark);
    await page.getByRole('button', { name: 'Dark theme' }).click();
    expect(await ground()).toBe(dark);
    await page.close();
  });

  it.each(['light', 'dark'] as const)('has text of contrast 4.5 or more, %s', async (scheme) => {
    const { page } = await open(report, { scheme });
    await openEverything(page);
    const found = (await inPage(page, 'contrast-faults')) as { checked: number; faults: string[] };
    expect(found.checked).toBeGreaterThan(300);
    expect(found.faults).toEqual([]);
    await page.close();
  });

  it.each([380, 768, 1280])('needs no scrolling to the side at %i px', async (width) => {
    const { page } = await open(report, { width });
    await openEverything(page);
    const wide = await page.evaluate('document.documentElement.scrollWidth');
    expect(wide).toBe(width);
    await page.close();
  });

  it('makes rows only for what is opened, so that 5,000 cells are no burden', async () => {
    const { page } = await open(longReport(5_000));
    expect(await page.locator('*').count()).toBeLessThan(3_200);
    await page.fill('#search', 'scenario-7 ios-26.2 e2ee=on');
    expect(await page.textContent('.filter [role=status]')).toMatch(/^10 of 5,000 cells/);
    await page.close();
  });
});
