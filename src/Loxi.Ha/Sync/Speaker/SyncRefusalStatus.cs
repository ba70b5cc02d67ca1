using Loxi.Ha.Sync.Transport;

namespace Loxi.Ha.Sync.Speaker;

/// <summary>The last connection that was refused, or not made.</summary>
/// <param name="Time">When, by the wall clock.</param>
/// <param name="Refusal">Why.</param>
/// <param name="Remote">Where the other end is.</param>
/// <param name="Text">Why, in words.</param>
public sealed record SyncRefusalStatus(DateTimeOffset Time, SyncRefusal Refusal, string Remote, string Text);
