import { type FeatureQuestion, measureFeatures } from "./inworker.ts";

addEventListener("message", ({ data }: MessageEvent<FeatureQuestion>) => postMessage(measureFeatures(data)));
