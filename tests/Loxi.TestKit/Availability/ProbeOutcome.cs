namespace Loxi.TestKit.Availability;

/// <summary>One probe and who answered it.</summary>
/// <param name="Sent">When it was sent, by <see cref="LabClock"/>.</param>
/// <param name="Owners">Who answered, each once, sorted; none when nobody did.</param>
public sealed record ProbeOutcome(TimeSpan Sent, IReadOnlyList<string> Owners);
