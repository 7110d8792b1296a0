// A WhatsApp webhook on one of two libraries that check the signature and parse the body with types: LIBRARY is
// whatsapp-api-js or kapso. GET /stats tells the test what the library understood. Settings: APP_SECRET, VERIFY_TOKEN, PORT.
import { createServer } from 'node:http';

const { APP_SECRET, VERIFY_TOKEN, PORT, LIBRARY } = process.env;
const understood = [];

function understand(kind, id, type, from, name, text) {
  understood.push({ kind, id, type, from, name, text });
}

// Each is a function (headers, raw body) that returns the status to answer with.
const libraries = {
  async 'whatsapp-api-js'() {
    const { WhatsAppAPI } = await import('whatsapp-api-js');
    const { NodeNext } = await import('whatsapp-api-js/setup/node');
    const { WhatsAppAPIError } = await import('whatsapp-api-js/errors');
    const api = new WhatsAppAPI(NodeNext({ token: 'none', appSecret: APP_SECRET, webhookVerifyToken: VERIFY_TOKEN }));
    api.on.message = ({ from, name, message }) => {
      understand('message', message.id, message.type, from, name, message.text?.body);
    };
    api.on.status = ({ id, status, phone }) => understand('status', id, status, phone);
    api.on.call.connect = ({ call, from }) => understand('call', call.id, call.event, from);
    api.on.call.terminate = ({ call, from }) => understand('call', call.id, call.event, from);
    api.on.call.status = ({ id, status, phone }) => understand('status', id, status, phone);
    return async (headers, body) => {
      try {
        const text = body.toString();
        await api.post(JSON.parse(text), text, headers['x-hub-signature-256']);
        return 200;
      } catch (error) {
        return error instanceof WhatsAppAPIError ? error.httpStatus : 500;
      }
    };
  },

  async kapso() {
    const { normalizeWebhook, verifySignature } = await import('@kapso/whatsapp-cloud-api/server');
    return async (headers, body) => {
      const signatureHeader = headers['x-hub-signature-256'];
      if (!verifySignature({ appSecret: APP_SECRET, rawBody: body, signatureHeader })) return 401;
      const { messages, statuses, calls, contacts } = normalizeWebhook(JSON.parse(body.toString()));
      const name = contacts[0]?.profile?.name;
      for (const m of messages) understand('message', m.id, m.type, m.from, name, m.text?.body);
      for (const s of statuses) understand('status', s.id, s.status, s.recipientId);
      for (const c of calls) understand('call', c.id, c.event, c.from);
      return 200;
    };
  },
};

const post = await libraries[LIBRARY]();

createServer((request, response) => {
  if (request.method === 'GET') return response.end(JSON.stringify(understood));
  const chunks = [];
  request.on('data', (chunk) => chunks.push(chunk));
  request.on('end', async () => {
    response.statusCode = await post(request.headers, Buffer.concat(chunks));
    response.end();
  });
}).listen(Number(PORT), '127.0.0.1');
