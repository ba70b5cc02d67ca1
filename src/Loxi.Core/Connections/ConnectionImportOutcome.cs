namespace Loxi.Core.Connections;

/// <summary>What became of a record that was imported, and why it was refused.</summary>
/// <param name="Result">What became of it.</param>
/// <param name="Problem">With <see cref="ConnectionImportResult.Malformed"/> the first thing that is wrong; else none. <see cref="ConnectionRecordRules.Explain"/> says it in words.</param>
public readonly record struct ConnectionImportOutcome(ConnectionImportResult Result, ConnectionRecordProblem Problem = ConnectionRecordProblem.None);
