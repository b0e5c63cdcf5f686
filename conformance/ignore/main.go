// Reads cases as JSON from standard input and answers, for each, what moby's own .dockerignore code says.
package main

import (
	"encoding/json"
	"os"
	"strings"

	"github.com/moby/patternmatcher"
	"github.com/moby/patternmatcher/ignorefile"
)

type testCase struct {
	Text  string   `json:"text"`
	Paths []string `json:"paths"`
}

type answer struct {
	Error   bool   `json:"error"`
	Ignored []bool `json:"ignored"`
}

func judge(c testCase) answer {
	patterns, err := ignorefile.ReadAll(strings.NewReader(c.Text))
	if err != nil {
		return answer{Error: true}
	}
	matcher, err := patternmatcher.New(patterns)
	if err != nil {
		return answer{Error: true}
	}
	ignored := make([]bool, 0, len(c.Paths))
	for _, path := range c.Paths {
		matched, err := matcher.MatchesOrParentMatches(path)
		if err != nil {
			return answer{Error: true}
		}
		ignored = append(ignored, matched)
	}
	return answer{Ignored: ignored}
}

func main() {
	var cases []testCase
	if err := json.NewDecoder(os.Stdin).Decode(&cases); err != nil {
		panic(err)
	}
	answers := make([]answer, 0, len(cases))
	for _, c := range cases {
		answers = append(answers, judge(c))
	}
	if err := json.NewEncoder(os.Stdout).Encode(answers); err != nil {
		panic(err)
	}
}
