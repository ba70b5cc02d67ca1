namespace Loxi.TestKit.Controller;

/// <summary>A request to a node, by its path below <c>/netlox/v1/</c>.</summary>
internal sealed record NodeRequest(HttpMethod Method, string Path, string Body);
