// Prints the rows of the Arrow stream in the file {path}.
import { readFileSync } from 'node:fs';
import { decode } from './cells.mjs';
import { print, readArguments } from './service.mjs';

print(decode(readFileSync(readArguments().path)));
