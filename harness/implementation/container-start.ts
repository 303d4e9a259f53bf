/**
 * `start: { container: … }`: an image, or a Dockerfile, on a network that leads to the simulators.
 */
import { createHash } from 'node:crypto';
import { chmodSync, mkdirSync, writeFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { invariant } from '../../simulators/kernel/errors.ts';
import { componentOfHost, CONTAINERS_HOST } from '../../simulators/world/vendor-hosts.ts';
import { startContainerChild } from './container-child.ts';
import type { Container, ContainerNetwork, Docker } from './container-engine.ts';
import {
  buildImage,
  ensureImage,
  findEngine,
  ifThere,
  openContainerNetwork,
  ownLabels,
  sweep,
} from './container-engine.ts';
import type { DescriptionDoc } from './description-schema.ts';
import { fillCalls } from './filled-calls.ts';
import { fillDeep, fillRecord } from './placeholders.ts';
import { refusalTeller } from './reach.ts';
import { hostsVariables, proxyVariables } from './reach-variables.ts';
import { renderFiles } from './rendered-files.ts';
import type { RunningImplementation, StartContext } from './running.ts';
import { supervise } from './supervised.ts';

type ContainerDoc = NonNullable<DescriptionDoc['start']['container']>;

const DEFAULT_PORT = 8_080;
const MEBIBYTE = 1024 * 1024;
const NANO = 1e9;
const WORK = '/bellwether/work';
const DESCRIPTION = '/bellwether/description';
const LOOPBACK = '127.0.0.1';
/** Names that are this machine itself, seen from the container. */
const NEAR = `localhost,${LOOPBACK},${CONTAINERS_HOST}`;

/** The ports of this machine that the world's placeholders name. */
function namedPorts(environment: Readonly<Record<string, string>>): number[] {
  const found = Object.values(environment).flatMap((value) =>
    [...value.matchAll(/\b127\.0\.0\.1:(\d+)/g)].map((match) => Number(match[1])),
  );
  return [...new Set(found)];
}

/** The placeholders as they are true inside. */
function insideValues(
  environment: Readonly<Record<string, string>>,
  more: Readonly<Record<string, string>>,
  port: number,
): Record<string, string> {
  const seen = Object.entries(environment).map(([name, value]) => [
    name,
    value.replaceAll(LOOPBACK, CONTAINERS_HOST),
  ]);
  return {
    ...(Object.fromEntries(seen) as Record<string, string>),
    ...more,
    port: String(port),
    'port.2': String(port + 1),
    'port.3': String(port + 2),
    url: `http://${LOOPBACK}:${port}`,
    'policy.file': `${WORK}/policy.json`,
    'data.dir': `${WORK}/data`,
    'work.dir': WORK,
    'ca.file': `${WORK}/ca.pem`,
    'description.dir': DESCRIPTION,
  };
}

/** Writes what the container finds in its work folder; any user of it may write there. */
function prepare(context: StartContext, caPem: string): void {
  const folder = context.folder!;
  const data = `${folder}/data`;
  mkdirSync(data, { recursive: true });
  for (const open of [folder, data]) chmodSync(open, 0o777);
  writeFileSync(`${folder}/policy.json`, JSON.stringify(context.policy, null, 2));
  writeFileSync(`${folder}/ca.pem`, caPem);
}

async function imageOf(docker: Docker, doc: ContainerDoc, folder: string): Promise<string> {
  const { image, build } = doc;
  if (image !== undefined) {
    await ensureImage(docker, image);
    return image;
  }
  const order = typeof build === 'string' ? { context: build } : build!;
  const { context, dockerfile = 'Dockerfile', args = {} } = order;
  const whole = resolve(folder, context);
  // One name for one Dockerfile: the engine's cache makes the next cell's build short.
  const tag = `bellwether/${shortHash(`${whole}/${dockerfile}`)}:${process.pid}`;
  await buildImage(docker, { context: whole, dockerfile, args, tag });
  return tag;
}

function shortHash(text: string): string {
  return createHash('sha256').update(text).digest('hex').slice(0, 12);
}

interface Order {
  readonly image: string;
  readonly env: Readonly<Record<string, string>>;
  readonly network: ContainerNetwork;
  readonly nameServer: string;
}

async function create(
  docker: Docker,
  { description, folder }: StartContext,
  doc: ContainerDoc,
  { image, env, network, nameServer }: Order,
): Promise<Container> {
  const { command, entrypoint, user, memory, cpus, processes } = doc;
  const directory = description.doc.start['working-directory'];
  return docker.createContainer({
    Image: image,
    Labels: ownLabels(),
    Env: Object.entries(env).map(([name, value]) => `${name}=${value}`),
    ...(command === undefined ? {} : { Cmd: command }),
    ...(entrypoint === undefined ? {} : { Entrypoint: entrypoint }),
    ...(user === undefined ? {} : { User: user }),
    ...(directory === undefined ? {} : { WorkingDir: directory }),
    HostConfig: {
      NetworkMode: network.name,
      ExtraHosts: [`${CONTAINERS_HOST}:${network.gateway}`],
      Dns: [nameServer],
      DnsSearch: ['.'],
      Binds: [`${folder!}:${WORK}`, `${description.folder}:${DESCRIPTION}:ro`],
      ...(memory === undefined ? {} : { Memory: memory * MEBIBYTE, MemorySwap: memory * MEBIBYTE }),
      ...(cpus === undefined ? {} : { NanoCpus: Math.round(cpus * NANO) }),
      ...(processes === undefined ? {} : { PidsLimit: processes }),
    },
    NetworkingConfig: {
      EndpointsConfig: { [network.name]: { IPAMConfig: { IPv4Address: network.address } } },
    },
  });
}

/**
 * Throws IMPLEMENTATION_ENGINE, WORLD_LISTEN_FAILED (environment: port 443 for `reach: hosts`) and
 * IMPLEMENTATION_CONTAINER (author).
 */
export async function startContainer(context: StartContext): Promise<RunningImplementation> {
  const { description, environment, ambient } = context;
  const reach = context.network.reach;
  invariant(reach !== undefined, 'a container needs sockets');
  const kind = description.doc.reach ?? 'env';
  const asked = description.doc.start.container!;
  const undo: (() => Promise<void>)[] = [];
  const close = async (): Promise<void> => {
    for (const one of undo.splice(0).toReversed()) await one();
  };
  try {
    const docker = await findEngine();
    await sweep(docker);
    const image = await imageOf(docker, asked, description.folder);
    if (asked.image === undefined) {
      undo.push(() => ifThere(docker.getImage(image).remove({ force: true })));
    }
    const name = `bellwether-${process.pid}-${shortHash(context.folder!)}`;
    const network = await openContainerNetwork(docker, name);
    undo.push(network.remove);
    const there = await reach.listenAt(network.gateway, {
      refused: refusalTeller(ambient, description.doc.outside ?? []),
      ports: namedPorts(environment),
      knownAs: [CONTAINERS_HOST],
      ...(kind === 'hosts' ? { names: (host: string) => componentOfHost(host) !== undefined } : {}),
    });
    undo.push(there.close);
    const proxy = new URL(there.proxyUrl.replace(network.gateway, CONTAINERS_HOST));
    const led =
      kind === 'env'
        ? {}
        : {
            'proxy.url': proxy.origin,
            'proxy.host': proxy.hostname,
            'proxy.port': proxy.port,
          };
    const caPem = context.network.caPem ?? '';
    prepare(context, caPem);
    const values = insideValues(
      { ...environment, 'ca.pem': caPem },
      led,
      asked.port ?? DEFAULT_PORT,
    );
    renderFiles(description, context.folder!, values);
    const doc = fillCalls(description.doc, values);
    const caFile = values['ca.file']!;
    const env = {
      ...(kind === 'proxy' ? proxyVariables(proxy.origin, caFile, NEAR) : {}),
      ...(kind === 'hosts' ? hostsVariables(caFile) : {}),
      ...fillRecord(doc.start.env, values, 'start.env'),
    };
    const filled = fillDeep(asked, values, 'start.container');
    const container = await create(docker, context, filled, {
      image,
      env,
      network,
      // Where nobody can answer, nobody is asked: no question leaves the machine.
      nameServer: there.answersNames ? network.gateway : LOOPBACK,
    });
    undo.push(() => ifThere(container.remove({ force: true, v: true })));
    return await supervise(context, {
      doc,
      host: network.address,
      baseUrl: `http://${network.address}:${values['port']}`,
      readiness: fillDeep(doc.start.ready ?? {}, values, 'start.ready'),
      parts: [
        { ready: undefined, start: (hooks) => startContainerChild(docker, container, hooks) },
      ],
      close,
    });
  } catch (error) {
    await close();
    throw error;
  }
}
