namespace Loxi.TestKit.Processes;

/// <summary>A program to start on a host.</summary>
public sealed record LabProcessOptions
{
    /// <summary>Name of the process in the lab, part of the name of its log.</summary>
    public required string Name { get; init; }

    public required string File { get; init; }

    public IReadOnlyList<string> Arguments { get; init; } = [];

    public IReadOnlyDictionary<string, string> Environment { get; init; } = new Dictionary<string, string>();

    /// <summary>Working directory, by default the state directory of the lab.</summary>
    public string? WorkingDirectory { get; init; }
}
