// Reads Dockerfiles, base64 in a JSON list, from standard input and prints how many milliseconds BuildKit's parser takes
// for all of them, once for each round.
package main

import (
	"bytes"
	"encoding/json"
	"os"
	"strconv"
	"time"

	"github.com/moby/buildkit/frontend/dockerfile/parser"
)

func main() {
	rounds, err := strconv.Atoi(os.Args[1])
	if err != nil {
		panic(err)
	}
	var texts [][]byte
	if err := json.NewDecoder(os.Stdin).Decode(&texts); err != nil {
		panic(err)
	}
	times := []float64{}
	for range rounds {
		begin := time.Now()
		for _, text := range texts {
			// What it refuses is refused quickly; the time counts all the same.
			_, _ = parser.Parse(bytes.NewReader(text))
		}
		times = append(times, float64(time.Since(begin).Microseconds())/1000)
	}
	if err := json.NewEncoder(os.Stdout).Encode(times); err != nil {
		panic(err)
	}
}
