namespace Loxi.TestKit.Availability;

/// <summary>Another one answers than before.</summary>
/// <param name="At">When the first probe was sent that the new one answered, by <see cref="LabClock"/>.</param>
/// <param name="From">Who answered before, perhaps several; null at the begin.</param>
/// <param name="To">Who answers.</param>
public sealed record OwnerChange(TimeSpan At, string? From, string To);
