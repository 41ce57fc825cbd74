/**
 * zod would compile its schemas with `new Function`, and asks whether it may: the page's policy says no, and the
 * browser reports the question. So it is told beforehand. Imported first by the page and by the worker, before any
 * schema is made.
 */
import { config } from "zod";

config({ jitless: true });
