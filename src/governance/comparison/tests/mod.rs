mod change_generator;
mod gainers;
mod instant;
