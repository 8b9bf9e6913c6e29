// The program that the engine starts for programs in other languages; plugin/ in the package leads here.

import * as pulumi from "@pulumi/pulumi";
import { RelayPlugin } from "./provider.ts";

pulumi.provider.main(new RelayPlugin(), process.argv.slice(2));
