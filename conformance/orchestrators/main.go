// Reads a JSON list of files from standard input and says of each what its own reader finds wrong: Compose by
// compose-go, Kubernetes by the API's own types (strictly) and by the admission of the restricted Pod Security
// Standard, docker-bake.hcl by HCL's own reader into the fields that bake knows.
package main

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"strings"

	"github.com/compose-spec/compose-go/v2/loader"
	"github.com/compose-spec/compose-go/v2/types"
	appsv1 "k8s.io/api/apps/v1"
	autoscalingv2 "k8s.io/api/autoscaling/v2"
	corev1 "k8s.io/api/core/v1"
	policyv1 "k8s.io/api/policy/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/pod-security-admission/api"
	"k8s.io/pod-security-admission/policy"
	"sigs.k8s.io/yaml"
)

type question struct {
	Kind        string            `json:"kind"`
	Text        string            `json:"text"`
	Environment map[string]string `json:"environment"`
}

type answer struct {
	Problems []string `json:"problems"`
	// What the reader made of it.
	Model any `json:"model,omitempty"`
}

func main() {
	var questions []question
	input, err := io.ReadAll(os.Stdin)
	if err != nil {
		panic(err)
	}
	if err := json.Unmarshal(input, &questions); err != nil {
		panic(err)
	}
	answers := make([]answer, 0, len(questions))
	for _, each := range questions {
		answers = append(answers, ask(each))
	}
	if err := json.NewEncoder(os.Stdout).Encode(answers); err != nil {
		panic(err)
	}
}

func ask(q question) answer {
	switch q.Kind {
	case "compose":
		return compose(q)
	case "kubernetes":
		return kubernetes(q.Text)
	case "bake":
		return bake(q)
	}
	return answer{Problems: []string{"no such kind: " + q.Kind}}
}

func compose(q question) answer {
	details := types.ConfigDetails{
		WorkingDir:  "/nowhere",
		ConfigFiles: []types.ConfigFile{{Filename: "compose.yaml", Content: []byte(q.Text)}},
		Environment: q.Environment,
	}
	project, err := loader.LoadWithContext(context.Background(), details, func(options *loader.Options) {
		options.SetProjectName("asked", false)
	})
	if err != nil {
		return answer{Problems: []string{err.Error()}}
	}
	// As compose does when it starts: what the environment does not have is not set.
	project, err = project.WithServicesEnvironmentResolved(true)
	if err != nil {
		return answer{Problems: []string{err.Error()}}
	}
	return answer{Problems: []string{}, Model: project}
}

func kubernetes(text string) answer {
	evaluator, err := policy.NewEvaluator(policy.DefaultChecks(), nil)
	if err != nil {
		panic(err)
	}
	problems := []string{}
	objects := []any{}
	for _, document := range strings.Split(text, "\n---\n") {
		var head metav1.TypeMeta
		if err := yaml.Unmarshal([]byte(document), &head); err != nil {
			problems = append(problems, err.Error())
			continue
		}
		object := typed(head)
		if object == nil {
			problems = append(problems, fmt.Sprintf("no type for %s %s", head.APIVersion, head.Kind))
			continue
		}
		if err := yaml.UnmarshalStrict([]byte(document), object); err != nil {
			problems = append(problems, head.Kind+": "+err.Error())
		}
		objects = append(objects, object)
		if deployment, ok := object.(*appsv1.Deployment); ok {
			pod := deployment.Spec.Template
			level := api.LevelVersion{Level: api.LevelRestricted, Version: api.LatestVersion()}
			for _, result := range evaluator.EvaluatePod(level, &pod.ObjectMeta, &pod.Spec) {
				if !result.Allowed {
					problems = append(problems, "restricted: "+result.ForbiddenReason+": "+result.ForbiddenDetail)
				}
			}
		}
	}
	return answer{Problems: problems, Model: objects}
}

func typed(head metav1.TypeMeta) any {
	switch head.APIVersion + " " + head.Kind {
	case "v1 ConfigMap":
		return &corev1.ConfigMap{}
	case "v1 Service":
		return &corev1.Service{}
	case "v1 PersistentVolumeClaim":
		return &corev1.PersistentVolumeClaim{}
	case "apps/v1 Deployment":
		return &appsv1.Deployment{}
	case "policy/v1 PodDisruptionBudget":
		return &policyv1.PodDisruptionBudget{}
	case "autoscaling/v2 HorizontalPodAutoscaler":
		return &autoscalingv2.HorizontalPodAutoscaler{}
	}
	return nil
}

