/* Files of the standard library below a granted folder: written, appended, read by lines, positioned, listed. */

#include <dirent.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static int by_name(const void *one, const void *other)
{
    return strcmp(*(char *const *)one, *(char *const *)other);
}

static void list(const char *path)
{
    char *names[8];
    size_t count = 0;
    DIR *folder = opendir(path);

    if (!folder) {
        printf("opendir: %s\n", strerror(errno));
        return;
    }
    for (struct dirent *entry; count < 8 && (entry = readdir(folder));)
        if (entry->d_name[0] != '.')
            names[count++] = strdup(entry->d_name);
    closedir(folder);
    qsort(names, count, sizeof *names, by_name);
    for (size_t i = 0; i < count; i++) {
        printf("%s%s", i ? " " : "", names[i]);
        free(names[i]);
    }
    printf(": %zu in %s\n", count, path);
}

int main(int count, char **words)
{
    char line[64];
    struct stat facts;

    for (int i = 1; i < count; i++)
        printf("argument %d: %s\n", i, words[i]);
    FILE *file = fopen("/data/table.csv", "w");
    if (!file) {
        printf("fopen: %s\n", strerror(errno));
        return 1;
    }
    for (int i = 0; i < 20; i++)
        fprintf(file, "%d,%s,%.2f\n", i, i & 1 ? "odd" : "even", i / 8.0);
    fclose(file);
    file = fopen("/data/table.csv", "a");
    fputs("end\n", file);
    fclose(file);
    file = fopen("/data/table.csv", "r");
    int lines = 0, last;
    double total = 0, value;
    char word[8];
    while (fgets(line, sizeof line, file)) {
        lines++;
        if (sscanf(line, "%d,%7[a-z],%lf", &last, word, &value) == 3)
            total += value;
    }
    printf("%d lines, last %d %s, total %.3f\n", lines, last, word, total);
    fseek(file, -4, SEEK_END);
    printf("at %ld: %s", ftell(file), fgets(line, sizeof line, file));
    printf("end of file: %d %d\n", fgets(line, sizeof line, file) == NULL, feof(file) != 0);
    fclose(file);
    mkdir("/data/more", 0777);
    rename("/data/table.csv", "/data/more/kept.csv");
    file = fopen("/data/note.txt", "w+");
    fputs("hello", file);
    rewind(file);
    printf("note: %s\n", fgets(line, sizeof line, file));
    fclose(file);
    printf("%ld bytes\n", stat("/data/more/kept.csv", &facts) ? -1L : (long)facts.st_size);
    list("/data");
    list("/data/more");
    unlink("/data/more/kept.csv");
    rmdir("/data/more");
    unlink("/data/note.txt");
    list("/data");
    file = fopen("/data/none", "r");
    printf("none: %s\n", file ? "is there" : strerror(errno));
    file = fopen("/elsewhere/none", "r");
    printf("elsewhere: %s\n", file ? "is there" : "not to be had");
    return 0;
}
