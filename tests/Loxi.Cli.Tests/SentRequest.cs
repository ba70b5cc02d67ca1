namespace Loxi.Cli.Tests;

/// <summary>What a command sent.</summary>
internal sealed record SentRequest(string Method, string Path, string? Body, string? Authorization);
