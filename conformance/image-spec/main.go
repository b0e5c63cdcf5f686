// Reads a JSON list of questions from standard input and says of each what others find wrong: of a document by
// image-spec's own JSON schemas, of a layout by go-containerregistry's `validate`. An empty answer: nothing.
package main

import (
	"encoding/base64"
	"encoding/json"
	"fmt"
	"os"
	"strings"

	"github.com/google/go-containerregistry/pkg/v1/layout"
	"github.com/google/go-containerregistry/pkg/v1/validate"
	"github.com/opencontainers/image-spec/schema"
)

type question struct {
	// A media type, or `layout`.
	Kind string `json:"kind"`
	// The document in base64, or the folder of the layout.
	Text string `json:"text"`
}

func main() {
	var questions []question
	if err := json.NewDecoder(os.Stdin).Decode(&questions); err != nil {
		panic(err)
	}
	answers := make([]string, 0, len(questions))
	for _, each := range questions {
		answers = append(answers, ask(each))
	}
	if err := json.NewEncoder(os.Stdout).Encode(answers); err != nil {
		panic(err)
	}
}

// A panic is an answer too: what crashes a reader is wrong.
func ask(q question) (answer string) {
	defer func() {
		if crash := recover(); crash != nil {
			answer = fmt.Sprint("panic: ", crash)
		}
	}()
	if err := check(q); err != nil {
		return "wrong: " + err.Error()
	}
	return ""
}

func check(q question) error {
	if q.Kind == "layout" {
		index, err := layout.ImageIndexFromPath(q.Text)
		if err != nil {
			return err
		}
		return validate.Index(index)
	}
	text, err := base64.StdEncoding.DecodeString(q.Text)
	if err != nil {
		panic(err)
	}
	return schema.Validator(q.Kind).Validate(strings.NewReader(string(text)))
}
