import { seedTests } from './seed.testing.ts';

seedTests('weather-tracker');
