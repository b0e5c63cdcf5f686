import { seedTests } from './seed.testing.ts';

seedTests('metrics-app');
