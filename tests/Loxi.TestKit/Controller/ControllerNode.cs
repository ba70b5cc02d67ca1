namespace Loxi.TestKit.Controller;

/// <summary>A node as the controller knows it.</summary>
/// <param name="Name">For the log.</param>
/// <param name="Address">What other nodes reach it by, and its BGP identifier.</param>
/// <param name="Api">Where its REST API is.</param>
public sealed record ControllerNode(string Name, string Address, Uri Api);
