// Reads a feed into an SQLite database with node-gtfs: node node_gtfs.mjs FEED.zip OUT.sqlite
import { importGtfs } from "gtfs";

const [feed, out] = process.argv.slice(2);
await importGtfs({ agencies: [{ path: feed }], sqlitePath: out, verbose: false, ignoreErrors: false });
