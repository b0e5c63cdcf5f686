import { seedTests } from './seed.testing.ts';

seedTests('benchling-webhook');
