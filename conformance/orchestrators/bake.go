package main

import (
	"github.com/hashicorp/hcl/v2"
	"github.com/hashicorp/hcl/v2/gohcl"
	"github.com/hashicorp/hcl/v2/hclparse"
	"github.com/zclconf/go-cty/cty"
)

// The fields of docker-bake.hcl that are written (Bake file reference); any other is an error.
type bakeFile struct {
	Variables []variable `hcl:"variable,block"`
	Groups    []group    `hcl:"group,block"`
	Targets   []target   `hcl:"target,block"`
}

type variable struct {
	Name    string `hcl:"name,label"`
	Default string `hcl:"default,optional"`
}

type group struct {
	Name    string   `hcl:"name,label"`
	Targets []string `hcl:"targets"`
}

type target struct {
	Name       string            `hcl:"name,label" json:"name"`
	Inherits   []string          `hcl:"inherits,optional" json:"inherits"`
	Context    string            `hcl:"context,optional" json:"context"`
	Dockerfile string            `hcl:"dockerfile,optional" json:"dockerfile"`
	Tags       []string          `hcl:"tags,optional" json:"tags"`
	Platforms  []string          `hcl:"platforms,optional" json:"platforms"`
	Pull       bool              `hcl:"pull,optional" json:"pull"`
	Labels     map[string]string `hcl:"labels,optional" json:"labels"`
	CacheFrom  []string          `hcl:"cache-from,optional" json:"cacheFrom"`
	CacheTo    []string          `hcl:"cache-to,optional" json:"cacheTo"`
	Attest     []string          `hcl:"attest,optional" json:"attest"`
	Output     []string          `hcl:"output,optional" json:"output"`
}

func bake(q question) answer {
	file, problems := hclparse.NewParser().ParseHCL([]byte(q.Text), "docker-bake.hcl")
	if problems.HasErrors() {
		return answer{Problems: said(problems)}
	}
	var variables struct {
		Variables []variable `hcl:"variable,block"`
		Rest      hcl.Body   `hcl:",remain"`
	}
	problems = gohcl.DecodeBody(file.Body, nil, &variables)
	values := map[string]cty.Value{}
	for _, each := range variables.Variables {
		value := each.Default
		if set, ok := q.Environment[each.Name]; ok {
			value = set
		}
		values[each.Name] = cty.StringVal(value)
	}
	var all bakeFile
	problems = append(problems, gohcl.DecodeBody(file.Body, &hcl.EvalContext{Variables: values}, &all)...)
	return answer{Problems: said(problems), Model: all.Targets}
}

func said(problems hcl.Diagnostics) []string {
	texts := []string{}
	for _, each := range problems {
		texts = append(texts, each.Error())
	}
	return texts
}
