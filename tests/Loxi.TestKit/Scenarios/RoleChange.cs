namespace Loxi.TestKit.Scenarios;

/// <summary>A node shows another role than before.</summary>
/// <param name="Moment">When it was seen, by <see cref="Availability.LabClock"/>.</param>
/// <param name="Node">The node's name.</param>
/// <param name="Role">The role as its API names it; null when the node does not answer.</param>
public sealed record RoleChange(TimeSpan Moment, string Node, string? Role);
