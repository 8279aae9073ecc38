import { Hono } from 'hono';
import { expect, onTestFinished, test } from 'vitest';
import { listen, ListenError } from '../../publisher/listen.ts';

const app = new Hono();
app.get('/', (c) => c.text('here'));
app.get('/never', () => new Promise<Response>(() => undefined));

test('listens where it is told, and says where that is', async () => {
  const server = await listen(app, { host: '127.0.0.1', port: 0 });
  onTestFinished(() => server.close(0));
  expect(server.url).toBe(`http://127.0.0.1:${server.port}`);
  expect(await (await fetch(server.url)).text()).toBe('here');
});

test('a taken port is named, with the setting that changes it', async () => {
  const first = await listen(app, { host: '127.0.0.1', port: 0 });
  onTestFinished(() => first.close(0));
  const failure = await listen(app, { host: '127.0.0.1', port: first.port }).catch((error: unknown) => error);
  expect(failure).toBeInstanceOf(ListenError);
  expect(failure).toMatchObject({
    code: 'EADDRINUSE',
    message: `Port ${first.port} is taken by another program. Stop that program, or set HTTP_PORT to a free port.`,
  });
});

test('an address of another machine is named, with the setting that changes it', async () => {
  // TEST-NET-1 (RFC 5737) is nobody's.
  const listening = listen(app, { host: '192.0.2.1', port: 0 });
  await expect(listening).rejects.toThrow('This machine has no address 192.0.2.1. Set HTTP_HOST');
});

test('closing waits for nobody longer than it was told, and frees the port', async () => {
  const server = await listen(app, { host: '127.0.0.1', port: 0 });
  const hanging = fetch(`${server.url}/never`).catch((error: unknown) => error);
  await expect.poll(() => fetch(server.url).then((response) => response.status)).toBe(200);
  await server.close(50);
  expect(await hanging).toBeInstanceOf(Error);
  const again = await listen(app, { host: '127.0.0.1', port: server.port });
  await again.close();
});
