namespace Loxi.Core.Services;

/// <summary>A service that two models hold under the same key with different content.</summary>
/// <param name="From">The service as it is.</param>
/// <param name="To">The service as it shall be.</param>
public sealed record ServiceChange(Service From, Service To);
