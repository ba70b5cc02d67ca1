namespace Loxi.Cli.Tests;

/// <summary>What a command line led to.</summary>
internal sealed record Outcome(int Code, string Output, string Error, IReadOnlyList<SentRequest> Requests);
