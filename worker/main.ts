/** The Web Worker's entry: exposes the private side to the page. */
import { expose } from "comlink";
import { platformEdges } from "./edges.ts";
import { TacitWorker } from "./tacit.ts";

expose(new TacitWorker(platformEdges()));
