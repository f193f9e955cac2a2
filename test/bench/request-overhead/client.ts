import { answerMeasurements } from "../measured-process.ts";
import { type VariantName, variants } from "./variants.ts";

const [name, ports] = process.argv.slice(2) as [VariantName, string];
answerMeasurements(await variants[name](JSON.parse(ports)));
