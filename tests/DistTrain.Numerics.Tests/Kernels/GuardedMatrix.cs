using System.ComponentModel;
using System.Runtime.InteropServices;

namespace DistTrain.Numerics.Tests;

/// <summary>
/// A matrix without gaps that ends where a page begins that nobody may touch: a kernel that reads
/// or writes one number beyond it ends the process. Linux and macOS.
/// </summary>
internal sealed unsafe class GuardedMatrix : IDisposable
{
    private const int ReadWrite = 3, None = 0, Private = 2;
    private static readonly int Anonymous = OperatingSystem.IsMacOS() ? 0x1000 : 0x20;

    private readonly nint _start;
    private readonly nuint _length;
    private readonly float* _data;

    public GuardedMatrix(int rows, int columns)
    {
        Rows = rows;
        Columns = columns;
        int page = Environment.SystemPageSize;
        int bytes = rows * columns * sizeof(float);
        int pages = (bytes + page - 1) / page;
        _length = (nuint)((pages + 1) * page);
        _start = Map(0, _length, ReadWrite, Private | Anonymous, -1, 0);
        if (_start == -1 || Protect(_start + (pages * page), (nuint)page, None) != 0)
        {
            throw new Win32Exception(Marshal.GetLastPInvokeError());
        }

        _data = (float*)(_start + (pages * page) - bytes);
    }

    public static bool IsSupported => OperatingSystem.IsLinux() || OperatingSystem.IsMacOS();

    public int Rows { get; }

    public int Columns { get; }

    public Matrix View => new(new Span<float>(_data, Rows * Columns), Rows, Columns);

    public static GuardedMatrix CopyOf(TestMatrix matrix)
    {
        var copy = new GuardedMatrix(matrix.Rows, matrix.Columns);
        for (int i = 0; i < matrix.Rows; i++)
        {
            matrix.View.Row(i).CopyTo(copy.View.Row(i));
        }

        return copy;
    }

    public void Dispose() => _ = Unmap(_start, _length);

    [DllImport("libc", EntryPoint = "mmap", SetLastError = true)]
    private static extern nint Map(
        nint address, nuint length, int protection, int flags, int file, nint offset);

    [DllImport("libc", EntryPoint = "mprotect", SetLastError = true)]
    private static extern int Protect(nint address, nuint length, int protection);

    [DllImport("libc", EntryPoint = "munmap")]
    private static extern int Unmap(nint address, nuint length);
}
