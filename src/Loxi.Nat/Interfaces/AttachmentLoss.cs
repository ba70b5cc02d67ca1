namespace Loxi.Nat.Interfaces;

/// <summary>An interface off which somebody else took the balancer's programs since it was attached.</summary>
/// <param name="Index">Its index.</param>
/// <param name="Name">Its name.</param>
/// <param name="Count">How often.</param>
/// <param name="Problem">Why they cannot be put on again, or that they are taken off again and again; null where they are on it again. It is tried until it works.</param>
public sealed record AttachmentLoss(int Index, string Name, long Count, string? Problem);
