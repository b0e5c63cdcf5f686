// Reads Dockerfiles as JSON from standard input and answers, for each, what BuildKit makes of it:
// the syntax tree, the error of the parser, the error of the build, the lint warnings, and expanded words.
package main

import (
	"bytes"
	"context"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"runtime"
	"sort"
	"strings"

	"github.com/moby/buildkit/client/llb"
	"github.com/moby/buildkit/client/llb/sourceresolver"
	"github.com/moby/buildkit/frontend/dockerfile/dockerfile2llb"
	"github.com/moby/buildkit/frontend/dockerfile/instructions"
	"github.com/moby/buildkit/frontend/dockerfile/linter"
	"github.com/moby/buildkit/frontend/dockerfile/parser"
	"github.com/moby/buildkit/frontend/dockerfile/shell"
	"github.com/moby/buildkit/frontend/dockerui"
	"github.com/moby/buildkit/frontend/gateway/client"
	gatewaypb "github.com/moby/buildkit/frontend/gateway/pb"
	"github.com/moby/buildkit/solver/pb"
	"github.com/opencontainers/go-digest"
	ocispecs "github.com/opencontainers/image-spec/specs-go/v1"
)

// question is one Dockerfile, or one word to expand when `word` is there.
type question struct {
	// Base64, because a Dockerfile may hold any byte.
	Text string `json:"text"`
	Word *word  `json:"word,omitempty"`
	// The .dockerignore beside it.
	Ignore string `json:"ignore,omitempty"`
	// The platform that every base image is for, as os/architecture; empty: the one that is asked for.
	Base string `json:"base,omitempty"`
}

type word struct {
	Text   string            `json:"text"`
	Escape string            `json:"escape"`
	Env    map[string]string `json:"env"`
}

type answer struct {
	Tree       []*node   `json:"tree,omitempty"`
	Escape     string    `json:"escape,omitempty"`
	Syntax     string    `json:"syntax,omitempty"`
	Dump       string    `json:"dump,omitempty"`
	ParseError *failure  `json:"parseError,omitempty"`
	StageError *failure  `json:"stageError,omitempty"`
	BuildError *failure  `json:"buildError,omitempty"`
	Warnings   []warning `json:"warnings,omitempty"`
	Panic      string    `json:"panic,omitempty"`
	Expanded   *expanded `json:"expanded,omitempty"`
}

type failure struct {
	Message string `json:"message"`
	// First lines of the ranges, from 1; 0 where BuildKit does not know.
	Lines []int `json:"lines"`
}

type warning struct {
	Rule    string `json:"rule"`
	Message string `json:"message"`
	Lines   []int  `json:"lines"`
}

type node struct {
	Value    string           `json:"value"`
	Original string           `json:"original,omitempty"`
	Flags    []string         `json:"flags,omitempty"`
	JSON     bool             `json:"json,omitempty"`
	Start    int              `json:"start,omitempty"`
	End      int              `json:"end,omitempty"`
	Comments []string         `json:"comments,omitempty"`
	Heredocs []parser.Heredoc `json:"heredocs,omitempty"`
	Words    []*node          `json:"words,omitempty"`
	Children []*node          `json:"children,omitempty"`
}

type expanded struct {
	Value     string   `json:"value"`
	Words     []string `json:"words"`
	Matched   []string `json:"matched"`
	Unmatched []string `json:"unmatched"`
	Error     string   `json:"error,omitempty"`
}

func toNode(n *parser.Node) *node {
	out := &node{
		Value: n.Value, Original: n.Original, Flags: n.Flags, JSON: n.Attributes["json"],
		Start: n.StartLine, End: n.EndLine, Comments: n.PrevComment, Heredocs: n.Heredocs,
	}
	for _, child := range n.Children {
		out.Children = append(out.Children, toNode(child))
	}
	for next := n.Next; next != nil; next = next.Next {
		// The rest of the chain is in the list already.
		flat := *next
		flat.Next = nil
		out.Words = append(out.Words, toNode(&flat))
	}
	return out
}

func toFailure(err error) *failure {
	f := &failure{Message: err.Error(), Lines: []int{}}
	var located *parser.LocationError
	if errors.As(err, &located) {
		for _, ranges := range located.Locations {
			for _, r := range ranges {
				f.Lines = append(f.Lines, r.Start.Line)
			}
		}
	}
	sort.Ints(f.Lines)
	return f
}

// resolver knows every image: it is empty, and for this platform, or else for the one that is asked for.
type resolver struct{ base string }

func (r resolver) ResolveImageConfig(_ context.Context, ref string, opt sourceresolver.Opt) (string, digest.Digest, []byte, error) {
	os, architecture := opt.ImageOpt.Platform.OS, opt.ImageOpt.Platform.Architecture
	if r.base != "" {
		os, architecture, _ = strings.Cut(r.base, "/")
	}
	config, err := json.Marshal(map[string]any{
		"os": os, "architecture": architecture,
		"rootfs": map[string]any{"type": "layers", "diff_ids": []string{"sha256:" + strings.Repeat("0", 64)}},
	})
	return ref, "", config, err
}

// gateway serves a context that holds a .dockerignore and nothing else.
type gateway struct {
	client.Client
	resolver
	ignore string
}

func (g gateway) BuildOpts() client.BuildOpts {
	caps := pb.Caps.CapSet(pb.Caps.All())
	return client.BuildOpts{LLBCaps: caps, Caps: gatewaypb.Caps.CapSet(gatewaypb.Caps.All())}
}

func (g gateway) Inputs(context.Context) (map[string]llb.State, error) { return nil, nil }

func (g gateway) ResolveImageConfig(ctx context.Context, ref string, opt sourceresolver.Opt) (string, digest.Digest, []byte, error) {
	return g.resolver.ResolveImageConfig(ctx, ref, opt)
}

func (g gateway) Solve(context.Context, client.SolveRequest) (*client.Result, error) {
	result := client.NewResult()
	result.SetRef(ignoreFile{content: g.ignore})
	return result, nil
}

type ignoreFile struct {
	client.Reference
	content string
}

func (f ignoreFile) ReadFile(_ context.Context, request client.ReadRequest) ([]byte, error) {
	if request.Filename != ".dockerignore" {
		return nil, os.ErrNotExist
	}
	return []byte(f.content), nil
}

func judge(text []byte, base, ignore string) (out answer) {
	defer func() {
		if r := recover(); r != nil {
			out.Panic = fmt.Sprint(r)
		}
	}()
	out.Syntax, _, _, _ = parser.DetectSyntax(text)
	result, err := parser.Parse(bytes.NewReader(text))
	if err != nil {
		out.ParseError = toFailure(err)
	} else {
		out.Escape = string(result.EscapeToken)
		out.Dump = result.AST.Dump()
		for _, child := range result.AST.Children {
			out.Tree = append(out.Tree, toNode(child))
		}
		if _, _, err := instructions.Parse(result.AST, linter.New(&linter.Config{})); err != nil {
			out.StageError = toFailure(err)
		}
	}
	source := llb.NewSourceMap(nil, "Dockerfile", "Dockerfile", text)
	source.Definition = &llb.Definition{}
	platform := ocispecs.Platform{OS: "linux", Architecture: "amd64"}
	caps := pb.Caps.CapSet(pb.Caps.All())
	options := dockerfile2llb.ConvertOpt{
		SourceMap:      source,
		TargetPlatform: &platform,
		MetaResolver:   resolver{base},
		LLBCaps:        &caps,
	}
	if ignore != "" {
		ui, err := dockerui.NewClient(gateway{resolver: resolver{base}, ignore: ignore})
		if err != nil {
			out.Panic = err.Error()
			return out
		}
		options.Client = ui
	}
	lint, err := dockerfile2llb.DockerfileLint(context.Background(), text, options)
	if err != nil {
		out.Panic = err.Error()
		return out
	}
	if lint.Error != nil {
		out.BuildError = &failure{Message: lint.Error.Message, Lines: []int{}}
		for _, r := range lint.Error.Location.GetRanges() {
			out.BuildError.Lines = append(out.BuildError.Lines, int(r.Start.Line))
		}
	}
	for _, w := range lint.Warnings {
		lines := []int{}
		for _, r := range w.Location.GetRanges() {
			lines = append(lines, int(r.Start.Line))
		}
		out.Warnings = append(out.Warnings, warning{Rule: w.RuleName, Message: w.Detail, Lines: lines})
	}
	return out
}

func keys(set map[string]struct{}) []string {
	out := []string{}
	for key := range set {
		out = append(out, key)
	}
	sort.Strings(out)
	return out
}

func expand(w *word) *expanded {
	env := []string{}
	for k, v := range w.Env {
		env = append(env, k+"="+v)
	}
	lex := shell.NewLex(rune(w.Escape[0]))
	result, err := lex.ProcessWordWithMatches(w.Text, shell.EnvsFromSlice(env))
	out := &expanded{Value: result.Result, Words: []string{}, Matched: keys(result.Matched), Unmatched: keys(result.Unmatched)}
	if err != nil {
		out.Error = err.Error()
		return out
	}
	words, err := lex.ProcessWords(w.Text, shell.EnvsFromSlice(env))
	if err != nil {
		panic(err)
	}
	out.Words = append(out.Words, words...)
	return out
}

func main() {
	// BuildKit asks for base images side by side and appends their warnings to one slice without a lock, so that one is
	// lost now and then (LintResults.AddWarning in frontend/subrequests/lint, v0.29.0). With one processor they take turns.
	runtime.GOMAXPROCS(1)
	var questions []question
	if err := json.NewDecoder(os.Stdin).Decode(&questions); err != nil {
		panic(err)
	}
	answers := make([]answer, 0, len(questions))
	for _, q := range questions {
		if q.Word != nil {
			answers = append(answers, answer{Expanded: expand(q.Word)})
			continue
		}
		text, err := base64.StdEncoding.DecodeString(q.Text)
		if err != nil {
			panic(err)
		}
		answers = append(answers, judge(text, q.Base, q.Ignore))
	}
	if err := json.NewEncoder(os.Stdout).Encode(answers); err != nil {
		panic(err)
	}
}
