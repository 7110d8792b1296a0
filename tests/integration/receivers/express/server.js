// A WhatsApp webhook in Express, as the integration guides teach it: challenge, signature over the raw bytes, one case a
// message type. GET /stats tells the test what was understood. Settings: APP_SECRET, VERIFY_TOKEN, PORT.
'use strict';

const crypto = require('node:crypto');
const express = require('express');

const { APP_SECRET, VERIFY_TOKEN, PORT } = process.env;
const counts = { verifications: 0, refused_verifications: 0, deliveries: 0, bad_signatures: 0, duplicates: 0 };
const types = {};
const seen = new Set();

function signed(body, header) {
  const expected = Buffer.from('sha256=' + crypto.createHmac('sha256', APP_SECRET).update(body).digest('hex'));
  const given = Buffer.from(header || '');
  return expected.length === given.length && crypto.timingSafeEqual(expected, given);
}

// Meta delivers at least once: what was seen before is counted, not processed again.
function firstTime(kind, key) {
  if (seen.has(key)) {
    counts.duplicates += 1;
    return;
  }
  seen.add(key);
  types[kind] = (types[kind] || 0) + 1;
}

function understand(value) {
  for (const message of value.messages || []) firstTime(message.type, message.id);
  for (const status of value.statuses || []) firstTime('status.' + status.status, status.id + '.' + status.status);
}

const app = express();

app.get('/webhook', (request, response) => {
  if (request.query['hub.mode'] !== 'subscribe' || request.query['hub.verify_token'] !== VERIFY_TOKEN) {
    counts.refused_verifications += 1;
    return response.sendStatus(403);
  }
  counts.verifications += 1;
  return response.type('text/plain').send(request.query['hub.challenge']);
});

// The raw bytes are kept: parsing and printing again would change them. Meta's bodies reach 3 MB.
app.post('/webhook', express.raw({ type: 'application/json', limit: '3mb' }), (request, response) => {
  if (!signed(request.body, request.get('X-Hub-Signature-256'))) {
    counts.bad_signatures += 1;
    return response.status(401).json({ error: 'invalid signature' });
  }
  counts.deliveries += 1;
  for (const entry of JSON.parse(request.body).entry) {
    for (const change of entry.changes || []) if (change.field === 'messages') understand(change.value);
  }
  return response.json({ status: 'received' });
});

app.get('/stats', (request, response) => response.json({ ...counts, types, ids: [...seen].sort() }));

app.listen(Number(PORT), '127.0.0.1');
