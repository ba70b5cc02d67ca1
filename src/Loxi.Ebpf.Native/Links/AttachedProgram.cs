namespace Loxi.Ebpf.Native.Links;

/// <summary>A program that is attached to an interface, by whomever.</summary>
/// <param name="Point">Where it is attached.</param>
/// <param name="ProgramId">Identifier of the program.</param>
/// <param name="Name">The kernel's name of the program (at most 15 characters); empty when the program is gone meanwhile.</param>
/// <param name="LinkId">Identifier of its TCX link; 0 when it is attached otherwise or the kernel does not say.</param>
/// <param name="Priority">Priority of the clsact filter; 0 elsewhere.</param>
/// <param name="Handle">Handle of the clsact filter; 0 elsewhere.</param>
public readonly record struct AttachedProgram(AttachPoint Point, uint ProgramId, string Name, uint LinkId = 0, int Priority = 0, uint Handle = 0);
